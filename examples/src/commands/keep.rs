//! The report kept as a file: a page for people, or JSON for programs.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use mhl_core::Report;

use crate::{exit::Code, failure::Failure, output::diagnose};

/// Where a report is to be kept, and as what.
pub(super) struct Keeping {
    path: PathBuf,
    form: Form,
}

#[derive(Clone, Copy)]
enum Form {
    Page,
    Json,
}

impl Keeping {
    /// Refuses what cannot be meant before anything is read: another extension, a folder that is not
    /// there, or one of these rolls, which hold what their lists say and nothing else.
    pub(super) fn check(path: Option<&Path>, rolls: &[PathBuf]) -> Result<Option<Self>, Failure> {
        let Some(path) = path else { return Ok(None) };
        let form = match path.extension().and_then(OsStr::to_str) {
            Some("html" | "htm") => Form::Page,
            Some("json") => Form::Json,
            _ => {
                return Err(Failure::usage(format!(
                    "{}: a report is kept as FILE.html or FILE.json",
                    path.display()
                )));
            }
        };
        let path = std::path::absolute(path).map_err(|error| Failure::io(path, error))?;
        let folder = path.parent().unwrap_or(&path);
        let folder = folder.canonicalize().map_err(|error| Failure::io(folder, error))?;
        // A roll that is not there yet holds nothing.
        let rolls = rolls.iter().filter_map(|roll| roll.canonicalize().ok());
        if let Some(roll) = rolls.into_iter().find(|roll| folder.starts_with(roll)) {
            return Err(Failure::usage(format!(
                "{} would stand in {}, where no list names it: keep it elsewhere",
                path.display(),
                roll.display()
            )));
        }
        Ok(Some(Keeping { path, form }))
    }

    /// Writes the report, by the form that it is kept in.
    fn write(&self, report: &Report, json: impl FnOnce() -> String) -> io::Result<()> {
        self.whole(|file| report.write_html(file), json)
    }

    /// Writes a page or a line of JSON.
    fn whole(
        &self,
        page: impl FnOnce(&mut File) -> io::Result<()>,
        json: impl FnOnce() -> String,
    ) -> io::Result<()> {
        write_whole(&self.path, |file| match self.form {
            Form::Page => page(file),
            Form::Json => writeln!(file, "{}", json()),
        })
    }

    /// Keeps a page or a line of JSON; says why where it cannot.
    pub(super) fn keep(
        &self,
        page: impl FnOnce() -> String,
        json: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let kept = self.whole(|file| file.write_all(page().as_bytes()), json);
        kept.map_err(|error| Failure::io(&self.path, error))
    }
}

/// Writes a file whole or not at all; one of an earlier run is replaced.
pub(super) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    let mut file = File::create(&part)?;
    let kept = write(&mut file).and_then(|()| file.sync_all());
    let kept = kept.and_then(|()| fs::rename(&part, path));
    kept.inspect_err(|_| drop(fs::remove_file(&part)))
}

/// Keeps a report, if it is to be kept, and tells what that makes of the command's code.
pub(super) fn keep(keeping: Option<&Keeping>, report: &Report, code: Code) -> Code {
    keep_as(keeping, report, || report.to_json(), code)
}

/// The same of a report that is not the whole of what a program gets.
pub(super) fn keep_as(
    keeping: Option<&Keeping>,
    report: &Report,
    json: impl FnOnce() -> String,
    code: Code,
) -> Code {
    let Some(keeping) = keeping else { return code };
    match keeping.write(report, json) {
        Ok(()) => code,
        Err(error) => {
            diagnose(&format!("{}: the report was not kept: {error}", keeping.path.display()));
            code.or(Code::Io)
        }
    }
}
