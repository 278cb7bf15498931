//! Profiles: dated rule sets.

use std::{ffi::c_char, path::PathBuf};

use crate::{
    Error, Status, Text,
    boundary::{
        arguments::{
            Output, StructSize, long_text, path_from_bytes, path_from_utf8, path_from_utf16, text,
            to_fill,
        },
        guard::{guard, guard_free},
        handle::{self, lent},
    },
};

/// A dated rule set. Owned by the caller, who frees it; never changes.
#[derive(Debug)]
pub struct Profile {
    pub(super) profile: mhl_policy::Profile,
}

/// All that tells a profile from another. Set `struct_size` before it is filled. Its texts belong to
/// what it was read from.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ProfileName {
    /// `sizeof(mhl_profile_name)`.
    pub struct_size: usize,
    /// Its name, one for each revision.
    pub name: Text,
    /// The date of its source, or of its reading.
    pub date: Text,
    /// C4 of its text.
    pub c4: Text,
    /// What it was written after; absent where only the name is known.
    pub source: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for ProfileName {
    const NAME: &'static str = "mhl_profile_name";
}

/// The profile of a text.
fn of_toml(text: &str) -> Result<*mut Profile, Error> {
    let profile = mhl_policy::Profile::from_toml(text)
        .map_err(|error| Error::new(Status::InvalidProfile, error))?;
    Ok(handle::owned(Profile { profile }))
}

/// Makes a profile that comes with the library, by its name, NUL-terminated, such as
/// `netflix-production-assets-2026`. The caller owns it and frees it with `mhl_profile_free`.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND`; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `name` is NULL or NUL-terminated; `profile` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_profile_named(
    name: *const c_char,
    profile: *mut *mut Profile,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (output, name) = (Output::new(profile, "profile")?, text(name, "name")?);
            let profile = mhl_policy::Profile::named(name).ok_or_else(|| {
                let known: Vec<_> =
                    mhl_policy::Profile::built_in().map(|profile| profile.name).collect();
                let message =
                    format!("no profile is called {name:?}; there are: {}", known.join(", "));
                Error::new(Status::NotFound, message)
            })?;
            output.write(handle::owned(Profile { profile }));
            Ok(())
        })
    }
}

/// Makes a profile of a text, `len` bytes of TOML. Every key is needed, and an unknown one is an error.
/// The caller owns it and frees it with `mhl_profile_free`.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_INVALID_PROFILE`; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `text` is NULL or points to `len` bytes; `profile` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_profile_parse(
    text: *const c_char,
    len: usize,
    profile: *mut *mut Profile,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(profile, "profile")?;
            output.write(of_toml(long_text(text, len, "text")?)?);
            Ok(())
        })
    }
}

/// Reads the profile at a path, however that was spelled.
///
/// # Safety
/// As [`mhl_profile_open`] has it.
unsafe fn open(
    path: impl FnOnce() -> Result<PathBuf, Error>,
    profile: *mut *mut Profile,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (output, path) = (Output::new(profile, "profile")?, path()?);
            let text = std::fs::read_to_string(&path).map_err(|error| {
                let kind = match error.kind() {
                    std::io::ErrorKind::InvalidData => Status::InvalidProfile,
                    _ => Status::Io,
                };
                let message = format!("{}: cannot be read: {error}", path.display());
                Error::new(kind, message).at(&path)
            })?;
            output.write(of_toml(&text).map_err(|error| error.at(&path))?);
            Ok(())
        })
    }
}

/// Reads a profile from a file of TOML. `path` is NUL-terminated UTF-8. The caller owns `*profile` and
/// frees it with `mhl_profile_free`.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_IO`; `MHL_STATUS_INVALID_PROFILE`; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `profile` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_profile_open(
    path: *const c_char,
    profile: *mut *mut Profile,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf8(path), profile, error) }
}

/// `mhl_profile_open` for a path of `len` bytes that need not be UTF-8 on Unix. On other systems it
/// must be.
///
/// Threads and errors: as `mhl_profile_open`.
///
/// # Safety
/// `path` is NULL or points to `len` bytes; the rest as `mhl_profile_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_profile_open_bytes(
    path: *const u8,
    len: usize,
    profile: *mut *mut Profile,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_bytes(path, len), profile, error) }
}

/// `mhl_profile_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
///
/// Threads and errors: as `mhl_profile_open`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; the rest as `mhl_profile_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_profile_open_w(
    path: *const u16,
    profile: *mut *mut Profile,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf16(path), profile, error) }
}

/// Writes what tells the profile from another. Set `name->struct_size` before. Its texts are gone
/// with the profile.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `profile` is NULL or a profile that was not freed; `name` is NULL or a struct whose `struct_size`
/// is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_profile_identity(
    profile: *const Profile,
    name: *mut ProfileName,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (profile, output) = (&lent(profile, "profile")?.profile, to_fill(name)?);
            output.write(ProfileName {
                struct_size: size_of::<ProfileName>(),
                name: Text::of(&profile.name),
                date: Text::of(&profile.date),
                c4: Text::of(profile.digest()),
                source: Text::of(&profile.source),
            });
            Ok(())
        })
    }
}

/// Frees a profile. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `profile` is NULL or a profile that was not freed; it is used no more. A second free cannot be
/// told and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_profile_free(profile: *mut Profile) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free_owned(profile) });
}
