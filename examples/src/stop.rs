//! A way to stop: the first signal asks the work to end, the second ends the process.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{exit::Code, output::diagnose};

/// Sets `stop` at the first SIGINT, SIGTERM or SIGHUP from now on. The work sees it at its next
/// buffer; a device that hangs never asks for one, and the second signal does not wait for it.
pub(crate) fn listen(stop: &Arc<AtomicBool>) {
    let stop = Arc::clone(stop);
    // An error means that a signal is ignored by whoever started the command (nohup): it stays
    // ignored, and the other signals end the process as they do by default.
    let _ = ctrlc::try_set_handler(move || {
        if stop.swap(true, Ordering::Relaxed) {
            std::process::exit(Code::Cancelled as i32);
        }
        diagnose("stopping; a second signal ends it at once");
    });
}
