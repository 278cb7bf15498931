//! What C passes, checked before it is used.

use std::{
    ffi::{CStr, OsString, c_char},
    mem::MaybeUninit,
    path::PathBuf,
    slice,
};

use mhl_core::RelativePath;

use crate::{Error, Status};

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

/// What stands at an index that the caller names.
pub(crate) fn item<'a, T>(items: &'a [T], index: u64, name: &str) -> Result<&'a T, Error> {
    let at = usize::try_from(index).ok().and_then(|index| items.get(index));
    at.ok_or_else(|| {
        Error::new(Status::NotFound, format!("no {name} {index}: there are {}", items.len()))
    })
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

    /// The same for a result that nobody needs to take: `None` for NULL.
    ///
    /// # Safety
    /// As [`Output::new`].
    pub(crate) unsafe fn optional(output: *mut T, name: &str) -> Result<Option<Self>, Error> {
        if output.is_null() {
            return Ok(None);
        }
        // SAFETY: as the caller promises.
        unsafe { Output::new(output, name) }.map(Some)
    }

    pub(crate) fn write(self, value: T) {
        // SAFETY: not NULL and aligned, and it can be written: the promise at `new`.
        unsafe { self.0.write(value) }
    }
}

/// A struct whose first member is its size, so that both sides know which of its members are there.
///
/// It grows at its end, always by a new size, and never shrinks: a program that was compiled
/// before it grew goes on with the size that it knows.
///
/// # Safety
/// The type is `repr(C)`, its first member is a `usize`, all zeros are valid, and where C fills it,
/// every byte pattern of the others is. Each of [`EARLIER`](StructSize::EARLIER) is less than its
/// size and takes in the first member.
pub(crate) unsafe trait StructSize: Copy {
    /// What it is called in C.
    const NAME: &'static str;
    /// The sizes that it had in earlier releases. Told by the first member that each of them did
    /// not have, `offset_of!(Self, member)`, they are right for every processor.
    const EARLIER: &'static [usize] = &[];
}

/// Whether this library takes a struct of so many bytes.
pub(crate) fn is_known_size<T: StructSize>(size: usize) -> bool {
    size == size_of::<T>() || T::EARLIER.contains(&size)
}

/// The size of a struct of the caller, which is one that it had in some release.
unsafe fn known_size<T: StructSize>(pointer: *const T) -> Result<usize, Error> {
    check_pointer(pointer, T::NAME)?;
    // SAFETY: not NULL and aligned; the caller set the first member.
    let found = unsafe { pointer.cast::<usize>().read() };
    if !is_known_size::<T>(found) {
        let earlier: String = T::EARLIER.iter().map(|size| format!("{size} or ")).collect();
        let message = format!(
            "{}.struct_size is {found}, {earlier}{} expected: set it to sizeof, and compile with \
             the header of this library or of an earlier one",
            T::NAME,
            size_of::<T>()
        );
        return Err(Error::new(Status::StructSize, message));
    }
    Ok(found)
}

/// A struct that the caller filled, with zeros for what it did not have yet when the caller was
/// compiled; `None` for NULL.
///
/// # Safety
/// `pointer` is NULL or its first member is set; and where that is right, so many bytes of it are.
pub(crate) unsafe fn given<T: StructSize>(pointer: *const T) -> Result<Option<T>, Error> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the first member is set, as the caller promises.
    let size = unsafe { known_size(pointer) }?;
    let mut given = MaybeUninit::<T>::zeroed();
    // SAFETY: `size` bytes are filled, as the caller promises, and a known size is at most that of
    // the type; the rest is zeros, which the type admits.
    unsafe {
        pointer.cast::<u8>().copy_to_nonoverlapping(given.as_mut_ptr().cast(), size);
        Ok(Some(given.assume_init()))
    }
}

/// A struct that the caller wants filled, as far as it goes.
pub(crate) struct StructOutput<T> {
    output: *mut T,
    size: usize,
}

/// A struct that the caller wants filled.
///
/// # Safety
/// `output` is NULL or its first member is set; and where that is right, so many bytes of it can be
/// written until [`StructOutput::write`].
pub(crate) unsafe fn to_fill<T: StructSize>(output: *mut T) -> Result<StructOutput<T>, Error> {
    // SAFETY: the first member is set, as the caller promises.
    let size = unsafe { known_size(output) }?;
    Ok(StructOutput { output, size })
}

impl<T: StructSize> StructOutput<T> {
    /// Writes the members that the caller knows. Its `struct_size` stays as the caller set it.
    pub(crate) fn write(self, value: T) {
        let first = size_of::<usize>();
        // SAFETY: not NULL, and `size` bytes can be written: the promise at `to_fill`. A known size
        // is at least that of the first member and at most that of the type.
        unsafe {
            let (from, to) = ((&raw const value).cast::<u8>(), self.output.cast::<u8>());
            from.add(first).copy_to_nonoverlapping(to.add(first), self.size - first);
        }
    }
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

/// NUL-terminated UTF-8 that has to be there.
///
/// # Safety
/// `text` is NULL or NUL-terminated, and lives and does not change as long as the result is used.
pub(crate) unsafe fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str, Error> {
    // SAFETY: as the caller promises.
    unsafe { optional_text(text, name) }?.ok_or_else(|| Error::null(name))
}

/// UTF-8 of so many bytes.
///
/// # Safety
/// `text` is NULL or points to `len` bytes, which live and do not change as long as the result is
/// used.
pub(crate) unsafe fn long_text<'a>(
    text: *const c_char,
    len: usize,
    name: &str,
) -> Result<&'a str, Error> {
    // SAFETY: as the caller promises.
    let bytes = unsafe { elements(text.cast::<u8>(), len, name) }?;
    std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("{name} is not UTF-8: byte {}", error.valid_up_to());
        Error::new(Status::NotUnicode, message)
    })
}

/// Texts at an array of pointers.
///
/// # Safety
/// `texts` is NULL or points to `len` pointers, each NULL or NUL-terminated; all live and do not
/// change as long as the result is used.
pub(crate) unsafe fn texts<'a>(
    texts: *const *const c_char,
    len: usize,
    name: &str,
) -> Result<Vec<&'a str>, Error> {
    // SAFETY: as the caller promises.
    let pointers = unsafe { elements(texts, len, name) }?;
    let named = |(index, pointer): (usize, &*const c_char)| {
        // SAFETY: as the caller promises.
        unsafe { text(*pointer, &format!("{name}[{index}]")) }
    };
    pointers.iter().enumerate().map(named).collect()
}

/// A path within a roll, in UTF-8 of so many bytes.
///
/// # Safety
/// As [`long_text`] has it.
pub(crate) unsafe fn relative_path(
    path: *const c_char,
    len: usize,
    name: &str,
) -> Result<RelativePath, Error> {
    // SAFETY: as the caller promises.
    let path = RelativePath::new(unsafe { long_text(path, len, name) }?);
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

#[cfg(test)]
mod tests {
    use std::{mem::offset_of, ptr::null};

    use super::*;

    /// A struct that two releases made larger.
    #[derive(Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Grown {
        struct_size: usize,
        first: u64,
        second: u64,
        third: *const c_char,
    }

    // SAFETY: `repr(C)`, `struct_size` first; a pointer and numbers.
    unsafe impl StructSize for Grown {
        const NAME: &'static str = "mhl_grown";
        const EARLIER: &'static [usize] = &[offset_of!(Grown, second), offset_of!(Grown, third)];
    }

    /// As the first release had it: a program compiled then.
    #[derive(Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Original {
        struct_size: usize,
        first: u64,
    }

    const GROWN: Grown =
        Grown { struct_size: size_of::<Grown>(), first: 7, second: 8, third: c"x".as_ptr() };

    #[test]
    fn row_96_a_struct_of_an_earlier_release_is_read_as_far_as_it_goes() {
        // What lies beyond it in memory is somebody else's, and is not looked at.
        let beside = [
            Original { struct_size: size_of::<Original>(), first: 7 },
            Original { struct_size: 99, first: 98 },
        ];
        // SAFETY: a filled struct of an earlier size.
        let read = unsafe { given(beside.as_ptr().cast::<Grown>()) }.unwrap().unwrap();
        assert_eq!((read.first, read.second, read.third), (7, 0, null()));
        // SAFETY: a filled struct of today's size; NULL.
        unsafe {
            let today = GROWN;
            assert_eq!(given(&raw const today).unwrap(), Some(GROWN));
            assert_eq!(given(null::<Grown>()).unwrap(), None);
        }
    }

    #[test]
    fn row_96_a_struct_of_an_earlier_release_is_written_as_far_as_it_goes() {
        let (original, neighbour) = (
            Original { struct_size: size_of::<Original>(), first: 0 },
            Original { struct_size: 99, first: 98 },
        );
        let mut beside = [original, neighbour];
        // SAFETY: a struct of an earlier size, and no more of it is written.
        unsafe { to_fill(beside.as_mut_ptr().cast::<Grown>()) }.unwrap().write(GROWN);
        assert_eq!(
            beside,
            [Original { first: 7, ..original }, neighbour],
            "and its size is its own"
        );

        let mut second = Grown { struct_size: offset_of!(Grown, third), second: 0, ..GROWN };
        // SAFETY: as above.
        unsafe { to_fill(&raw mut second) }.unwrap().write(Grown { third: null(), ..GROWN });
        assert_eq!((second.second, second.third), (GROWN.second, GROWN.third));

        let mut today = Grown { first: 0, second: 0, third: null(), ..GROWN };
        // SAFETY: a struct of today's size.
        unsafe { to_fill(&raw mut today) }.unwrap().write(GROWN);
        assert_eq!(today, GROWN);
    }

    #[test]
    fn row_96_a_size_that_no_release_had_is_refused_and_nothing_is_written() {
        let known = [size_of::<Original>(), offset_of!(Grown, third), size_of::<Grown>()];
        for size in (0..=2 * size_of::<Grown>()).filter(|size| !known.contains(size)) {
            let mut odd = Grown { struct_size: size, ..GROWN };
            // SAFETY: the first member is set.
            let (read, filled) =
                unsafe { (given(&raw const odd).map(|_| ()), to_fill(&raw mut odd).map(|_| ())) };
            for refused in [read.unwrap_err(), filled.unwrap_err()] {
                assert_eq!(refused.kind(), Status::StructSize, "{size}");
            }
            assert_eq!(odd, Grown { struct_size: size, ..GROWN });
        }
    }
}
