//! What a call returns.

/// What a call returns: 0 when it did what it was asked, otherwise why not.
///
/// The numbers are fixed: none changes its meaning, none is used again. A later library may return
/// numbers that this header does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
#[non_exhaustive]
pub enum Status {
    /// It did what it was asked. Of a verification this says that it ran, not that the files
    /// held: that is the report's outcome.
    Good = 0,
    /// A pointer is NULL that may not be.
    NullPointer = 1,
    /// A length is larger than anything in memory can be.
    TooLong = 2,
    /// A text is not valid UTF-8, or UTF-16 in a `_w` call.
    NotUnicode = 3,
    /// An argument has a value that its parameter does not admit: a number that no enumerator
    /// has, no algorithm at all, a pointer that is not aligned.
    InvalidArgument = 4,
    /// A `struct_size` is none that the struct had in this library or an earlier one: not set, or
    /// of a later version.
    StructSize = 5,
    /// The output is too small: the needed length was written, nothing else was.
    TooSmall = 6,
    /// There is no such thing: no live stream with this number, no finding at this index.
    NotFound = 7,
    /// The hasher has been finished: it takes no more bytes and is finished once.
    Finished = 8,
    /// Another call is at work in this handle, on another thread or further up on this one.
    Busy = 9,
    /// An earlier call panicked in this handle: it can only be freed.
    Poisoned = 10,
    /// A fault of the library itself, caught. The handle that it happened in is poisoned.
    Panic = 11,
    /// A callback or a cancel token stopped it.
    Cancelled = 12,
    /// The iteration is over: there is no next one.
    End = 13,
    /// No Media Hash List stands there.
    NoList = 20,
    /// Several Media Hash Lists stand there, and none was named.
    SeveralLists = 21,
    /// A Media Hash List cannot be used; path, line and offset say where.
    InvalidManifest = 22,
    /// The system refused to open or read something.
    Io = 23,
    /// A Media Hash List stands there already, and it cannot be appended to.
    AlreadyListed = 24,
    /// Another program is writing a list or a history there: repeat it when that is through.
    InUse = 25,
    /// A list of the format cannot hold a name, a text or a digest that it was given.
    NotListable = 26,
    /// There is no file to list or to copy.
    NoFiles = 41,
    /// Something else, which the error's message names.
    Other = 99,
}
