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
    /// A path that was to be read is neither a listed file nor a folder of one.
    NotListed = 40,
    /// There is no file to list or to copy.
    NoFiles = 41,
    /// Source and destinations contradict each other: one lies in another, two are the same.
    Contradiction = 42,
    /// Lists on the card itself cannot be taken over: they are broken.
    SourceLists = 43,
    /// The source gave no answer for as long as the patience lasted.
    Stalled = 44,
    /// The text is no report.
    InvalidReport = 45,
    /// A ledger has faults: nothing in it is believed. The line is that of the first.
    InvalidLedger = 60,
    /// Another program has the ledger's file open for appending, or is reading it while it was to
    /// be opened for that: try again.
    LedgerHeld = 61,
    /// The ledger's file that was to be made exists already.
    LedgerExists = 62,
    /// The ledger was opened for reading alone.
    LedgerReadOnly = 63,
    /// The event is none, or the ledger would have a fault with it.
    InvalidEvent = 64,
    /// The report is no evidence: it contradicts itself, or a placement fits no folder of it.
    ReportRefused = 65,
    /// The ledger is not the one that was pinned: its end was cut off, or it was rewritten.
    PinBroken = 66,
    /// The text is no profile.
    InvalidProfile = 67,
    /// There is no permit: the question is not cleared, or not until the permit's end.
    NotCleared = 68,
    /// A permit does not hold.
    PermitBroken = 69,
    /// The text is no permit.
    InvalidPermit = 70,
    /// The key signed none of it.
    NotSigned = 71,
    /// The text is no key.
    InvalidKey = 72,
    /// Something else, which the error's message names.
    Other = 99,
}
