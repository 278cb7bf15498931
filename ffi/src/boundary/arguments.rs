//! What C passes, checked before it is used.

use std::{
    ffi::{CStr, OsString, c_char},
    path::PathBuf,
    slice,
};

use mhl_core::RelativePath;

use crate::{Error, Status, Text};

/// Elements at a pointer. NULL is good where there are none.
///
/// # Safety
/// `data` is NULL or points to `len` elements, unless `len` is more than memory can hold; they
/// live and do not change as long as the slice is used.
pub(crate) unsafe fn elements<'a, T>(
    data: *const T,
    len: usize,
    name: &str,
) -> Result<&'a [T], Error> {
    check_len::<T>(len, name)?;
    if len == 0 {
        return Ok(&[]);
    }
    check_pointer(data, name)?;
    // SAFETY: not NULL, aligned, not larger than a slice can be; the rest is the caller's promise.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}

/// That so many elements are no more than memory can hold.
pub(crate) fn check_len<T>(len: usize, name: &str) -> Result<(), Error> {
    if len > isize::MAX as usize / size_of::<T>().max(1) {
        let message = format!("the length of {name}, {len}, is more than memory can hold");
        return Err(Error::new(Status::TooLong, message));
    }
    Ok(())
}

fn check_pointer<T>(pointer: *const T, name: &str) -> Result<(), Error> {
    if pointer.is_null() {
        return Err(Error::null(name));
    }
    if !pointer.is_aligned() {
        let message = format!("{name} is not aligned to {} bytes", align_of::<T>());
        return Err(Error::new(Status::InvalidArgument, message));
    }
    Ok(())
}

/// Where one result goes, checked before the work and written after it.
pub(crate) struct Output<T>(*mut T);

impl<T> Output<T> {
    /// # Safety
    /// `output` is NULL or can be written until [`Output::write`].
    pub(crate) unsafe fn new(output: *mut T, name: &str) -> Result<Self, Error> {
        check_pointer(output, name)?;
        Ok(Output(output))
    }

    pub(crate) fn write(self, value: T) {
        // SAFETY: not NULL and aligned, and it can be written: the promise at `new`.
        unsafe { self.0.write(value) }
    }
}

/// A struct whose first member is its size, so that both sides know that they mean the same one.
///
/// # Safety
/// The type is `repr(C)`, its first member is a `usize`, and every byte pattern of the others is
/// valid.
pub(crate) unsafe trait StructSize {
    /// What it is called in C.
    const NAME: &'static str;
}

/// That a struct of the caller has the size of ours.
unsafe fn check_struct_size<T: StructSize>(pointer: *const T) -> Result<(), Error> {
    check_pointer(pointer, T::NAME)?;
    // SAFETY: not NULL and aligned; the caller set the first member.
    let found = unsafe { pointer.cast::<usize>().read() };
    if found != size_of::<T>() {
        let message = format!(
            "{}.struct_size is {found}, {} expected: set it to sizeof, and compile with this \
             library's header",
            T::NAME,
            size_of::<T>()
        );
        return Err(Error::new(Status::StructSize, message));
    }
    Ok(())
}

/// A struct that the caller filled; `None` for NULL.
///
/// # Safety
/// `pointer` is NULL or its first member is set; and where that is right, all of it is.
pub(crate) unsafe fn given<'a, T: StructSize>(pointer: *const T) -> Result<Option<&'a T>, Error> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the first member is set, as the caller promises.
    unsafe { check_struct_size(pointer) }?;
    // SAFETY: not NULL, aligned, of this type's size, and filled.
    Ok(Some(unsafe { &*pointer }))
}

/// A struct that the caller wants filled.
///
/// # Safety
/// `output` is NULL or its first member is set; and where that is right, all of it can be written.
pub(crate) unsafe fn to_fill<T: StructSize>(output: *mut T) -> Result<Output<T>, Error> {
    // SAFETY: the first member is set, as the caller promises.
    unsafe { check_struct_size(output) }?;
    Ok(Output(output))
}

/// A switch: 0 or 1.
pub(crate) fn switch(value: u32, name: &str) -> Result<bool, Error> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        other => {
            let message = format!("{name} is {other}; 0 or 1 expected");
            Err(Error::new(Status::InvalidArgument, message))
        }
    }
}

/// NUL-terminated UTF-8; `None` for NULL.
///
/// # Safety
/// `text` is NULL or NUL-terminated, and lives and does not change as long as the result is used.
pub(crate) unsafe fn optional_text<'a>(
    text: *const c_char,
    name: &str,
) -> Result<Option<&'a str>, Error> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, so NUL-terminated, as the caller promises.
    let bytes = unsafe { CStr::from_ptr(text) };
    let text = bytes.to_str().map_err(|error| {
        let message = format!("{name} is not UTF-8: byte {}", error.valid_up_to());
        Error::new(Status::NotUnicode, message)
    })?;
    Ok(Some(text))
}

/// UTF-8 of a length.
///
/// # Safety
/// `text.data` is NULL or points to `text.len` bytes, which live and do not change as long as the
/// result is used.
pub(crate) unsafe fn text_of<'a>(text: &Text, name: &str) -> Result<&'a str, Error> {
    // SAFETY: as the caller promises.
    let bytes = unsafe { elements(text.data.cast::<u8>(), text.len, name) }?;
    std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("{name} is not UTF-8: byte {}", error.valid_up_to());
        Error::new(Status::NotUnicode, message)
    })
}

/// A path within a roll, as UTF-8 of a length.
///
/// # Safety
/// As [`text_of`] has it.
pub(crate) unsafe fn relative_path(text: &Text, name: &str) -> Result<RelativePath, Error> {
    // SAFETY: as the caller promises.
    let path = RelativePath::new(unsafe { text_of(text, name) }?);
    path.map_err(|error| Error::new(Status::InvalidArgument, format!("{name}: {error}")))
}

/// A path in NUL-terminated UTF-8.
///
/// # Safety
/// `path` is NULL or NUL-terminated.
pub(crate) unsafe fn path_from_utf8(path: *const c_char) -> Result<PathBuf, Error> {
    // SAFETY: as the caller promises.
    let text = unsafe { optional_text(path, "path") }?;
    text.map(PathBuf::from).ok_or_else(|| Error::null("path"))
}

/// A path in the system's own bytes.
///
/// # Safety
/// `path` is NULL or points to `len` bytes.
pub(crate) unsafe fn path_from_bytes(path: *const u8, len: usize) -> Result<PathBuf, Error> {
    // SAFETY: as the caller promises.
    let bytes = unsafe { elements(path, len, "path") }?;
    if path.is_null() {
        return Err(Error::null("path"));
    }
    os_string(bytes).map(PathBuf::from)
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> Result<OsString, Error> {
    use std::os::unix::ffi::OsStringExt;
    Ok(OsString::from_vec(bytes.to_owned()))
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> Result<OsString, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("path is not UTF-8: byte {}", error.valid_up_to());
        Error::new(Status::NotUnicode, message)
    })?;
    Ok(OsString::from(text))
}

/// A path in NUL-terminated UTF-16.
///
/// # Safety
/// `path` is NULL or NUL-terminated.
pub(crate) unsafe fn path_from_utf16(path: *const u16) -> Result<PathBuf, Error> {
    check_pointer(path, "path")?;
    let mut len = 0;
    // SAFETY: not NULL and aligned; NUL-terminated, and nothing beyond the NUL is read.
    while unsafe { path.add(len).read() } != 0 {
        len += 1;
    }
    // SAFETY: `len` units were just read there.
    wide_os_string(unsafe { slice::from_raw_parts(path, len) }).map(PathBuf::from)
}

#[cfg(windows)]
fn wide_os_string(units: &[u16]) -> Result<OsString, Error> {
    use std::os::windows::ffi::OsStringExt;
    Ok(OsString::from_wide(units))
}

#[cfg(not(windows))]
fn wide_os_string(units: &[u16]) -> Result<OsString, Error> {
    String::from_utf16(units).map(OsString::from).map_err(|_| {
        Error::new(Status::NotUnicode, "path is not UTF-16: it has an unpaired surrogate")
    })
}
