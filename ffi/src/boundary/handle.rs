//! Who owns what C holds a pointer to.
//!
//! Three kinds, told by type: what one call at a time may change ([`Exclusive`]); what never
//! changes and any number may read ([`owned`], [`lent`]); what several keep alive
//! ([`CancelToken`](crate::CancelToken), in its own module).

use std::{
    cell::UnsafeCell,
    sync::atomic::{
        AtomicU8,
        Ordering::{AcqRel, Acquire},
    },
};

use crate::{Error, Status};

/// A type that C knows by name only, and what stands behind it.
///
/// A pointer to `Self` is one to an [`Exclusive`] of the value, made by [`create`].
pub(crate) trait Opaque {
    /// What one call at a time may change.
    type Value;
    /// What it is called in errors.
    const NAME: &'static str;
}

/// A value for one call at a time. A second call is refused, and never waits.
pub(crate) struct Exclusive<T> {
    state: AtomicU8,
    value: UnsafeCell<T>,
}

/// A call is at work in it.
const BUSY: u8 = 1;
/// A call panicked in it.
const POISONED: u8 = 2;
/// It was freed while a call was at work: that call frees it when it ends.
const FREED: u8 = 4;

/// Makes a handle. [`free`] takes it back.
pub(crate) fn create<H: Opaque>(value: H::Value) -> *mut H {
    let handle = Exclusive { state: AtomicU8::new(0), value: UnsafeCell::new(value) };
    Box::into_raw(Box::new(handle)).cast()
}

/// Works on a handle's value. A panic in `work` poisons the handle.
///
/// # Safety
/// `handle` is NULL or was made by [`create`] and not freed.
pub(crate) unsafe fn with<H: Opaque, R>(
    handle: *mut H,
    work: impl FnOnce(&mut H::Value) -> Result<R, Error>,
) -> Result<R, Error> {
    if handle.is_null() {
        return Err(Error::null(H::NAME));
    }
    let handle: *mut Exclusive<H::Value> = handle.cast();
    // SAFETY: not NULL, so live, as the caller promises. The reference is not used after the hold
    // is dropped, which may free the handle.
    let state = unsafe { &(*handle).state };
    match state.compare_exchange(0, BUSY, AcqRel, Acquire) {
        Ok(_) => {}
        Err(state) if state & BUSY != 0 => {
            let message = format!("another call is at work in this {}", H::NAME);
            return Err(Error::new(Status::Busy, message));
        }
        Err(_) => {
            let message = format!("an earlier call panicked in this {}: free it", H::NAME);
            return Err(Error::new(Status::Poisoned, message));
        }
    }
    let mut hold = Hold { handle, leaves: POISONED };
    // SAFETY: the state was free and is now BUSY, which only this call ends: nobody else refers to
    // the value.
    let result = work(unsafe { &mut *(*handle).value.get() });
    hold.leaves = 0;
    result
}

/// The end of a call's work, by return or by panic.
struct Hold<T> {
    handle: *mut Exclusive<T>,
    /// The state to leave behind.
    leaves: u8,
}

impl<T> Drop for Hold<T> {
    fn drop(&mut self) {
        // SAFETY: whoever frees a handle that is BUSY leaves it to this hold.
        let before = unsafe { (*self.handle).state.swap(self.leaves, AcqRel) };
        if before & FREED != 0 {
            // SAFETY: made by `create`, and given up by its owner, who uses it no more.
            drop(unsafe { Box::from_raw(self.handle) });
        }
    }
}

/// Frees a handle; one that a call is at work in is freed when that call ends.
///
/// # Safety
/// `handle` is NULL or was made by [`create`], and is not used afterwards.
pub(crate) unsafe fn free<H: Opaque>(handle: *mut H) {
    if handle.is_null() {
        return;
    }
    let handle: *mut Exclusive<H::Value> = handle.cast();
    // SAFETY: not NULL, so live, as the caller promises.
    let before = unsafe { (*handle).state.fetch_or(FREED, AcqRel) };
    if before & BUSY == 0 {
        // SAFETY: made by `create`; no call is at work in it and none will be.
        drop(unsafe { Box::from_raw(handle) });
    }
}

/// Hands something that never changes over to C. [`free_owned`] takes it back.
pub(crate) fn owned<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Reads something that was handed over.
///
/// # Safety
/// `pointer` is NULL or was made by [`owned`] and lives as long as the reference is used.
pub(crate) unsafe fn lent<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Error> {
    // SAFETY: NULL or live, as the caller promises.
    unsafe { pointer.as_ref() }.ok_or_else(|| Error::null(name))
}

/// Frees something that was handed over.
///
/// # Safety
/// `pointer` is NULL or was made by [`owned`], and is not used afterwards.
pub(crate) unsafe fn free_owned<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: made by `owned`, and given up by its owner.
        drop(unsafe { Box::from_raw(pointer) });
    }
}

#[cfg(test)]
mod tests {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::Arc,
    };

    use super::*;

    /// Stands for a handle whose calls run callbacks.
    struct Opened;
    impl Opaque for Opened {
        type Value = Arc<()>;
        const NAME: &'static str = "opened";
    }

    fn nothing(_: &mut Arc<()>) -> Result<(), Error> {
        Ok(())
    }

    fn refusal(result: Result<(), Error>) -> Status {
        result.unwrap_err().kind()
    }

    #[test]
    fn row_89_a_panic_poisons_the_handle_and_it_can_still_be_freed() {
        let alive = Arc::new(());
        let handle = create::<Opened>(Arc::clone(&alive));
        // SAFETY: made above, freed once at the end.
        unsafe {
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                with(handle, |_| -> Result<(), Error> { panic!("inside") })
            }));
            assert!(panicked.is_err());
            assert_eq!(refusal(with(handle, nothing)), Status::Poisoned);
            assert_eq!(refusal(with(handle, nothing)), Status::Poisoned, "and for good");
            free(handle);
        }
        assert_eq!(Arc::strong_count(&alive), 1);
    }

    #[test]
    fn row_91_a_call_from_inside_a_call_is_refused_and_the_outer_one_goes_on() {
        let handle = create::<Opened>(Arc::new(()));
        // SAFETY: made above, freed once at the end.
        unsafe {
            let inner = with(handle, |_| Ok(refusal(with(handle, nothing)))).unwrap();
            assert_eq!(inner, Status::Busy);
            assert!(with(handle, nothing).is_ok(), "free again afterwards");
            free(handle);
        }
    }

    #[test]
    fn row_92_freed_from_inside_a_call_it_lives_until_the_call_ends() {
        let alive = Arc::new(());
        let handle = create::<Opened>(Arc::clone(&alive));
        // SAFETY: made above, freed once, from inside its last call.
        unsafe {
            let work = with(handle, |value| {
                free(handle);
                assert_eq!(Arc::strong_count(value), 2);
                Ok(())
            });
            assert!(work.is_ok());
        }
        assert_eq!(Arc::strong_count(&alive), 1);
    }

    #[test]
    fn row_92_freed_from_inside_a_call_that_panics_it_is_freed_too() {
        let alive = Arc::new(());
        let handle = create::<Opened>(Arc::clone(&alive));
        // SAFETY: made above, freed once, from inside its last call.
        let panicked = catch_unwind(AssertUnwindSafe(|| unsafe {
            with(handle, |_| -> Result<(), Error> {
                free(handle);
                panic!("inside")
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}
