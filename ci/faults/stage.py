"""File systems to put the job on. What is mounted goes with the namespace that ci/faults/run makes."""

import os
import subprocess
import time
from pathlib import Path

from job import SCRATCH

HERE = Path(__file__).resolve().parent
# XFS takes no less.
IMAGE_SIZES = {"ext4": 128 << 20, "xfs": 320 << 20, "btrfs": 128 << 20}
# Small files are kept within their metadata.
INLINE = ("-O", "inline_data")


def call(*command) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr}")


class Image:
    """A file system in a file; `direct` where the system is to read that file past its cache, as it reads a disk."""

    def __init__(self, kind: str, name: str, folder: Path = SCRATCH, direct: bool = False, features: tuple[str, ...] = ()):
        self.kind, self.direct = kind, direct
        self.image, self.root = folder / f"{name}.img", SCRATCH / name
        self.root.mkdir()
        with self.image.open("wb") as image:
            image.truncate(IMAGE_SIZES[kind])
        call(f"mkfs.{kind}", "-q", *features, self.image)
        self.mount()

    def mount(self) -> None:
        if not self.direct:
            call("mount", "-o", "loop", self.image, self.root)
            return
        command = ["losetup", "--find", "--show", "--direct-io=on", self.image]
        loop = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        call("mount", loop, self.root)
        # It goes with the mount.
        call("losetup", "--detach", loop)

    def umount(self) -> None:
        call("umount", self.root)

    def lose_power(self) -> None:
        """What is not on the medium by now never will be."""
        call("xfs_io", "-x", "-c", "shutdown", self.root)

    def come_back(self) -> None:
        self.umount()
        self.mount()


def tmpfs(name: str, options: str) -> Path:
    root = SCRATCH / name
    root.mkdir()
    call("mount", "-t", "tmpfs", "-o", options, "faults", root)
    return root


class Faulty:
    """A folder behind a process, ci/faults/faulty-fs, that does to calls what it is told."""

    def __init__(self, name: str):
        self.behind, self.root, self.control = (SCRATCH / f"{name}-behind", SCRATCH / name, SCRATCH / f"{name}-control")
        self.behind.mkdir()
        self.root.mkdir()
        self.control.write_text("")
        self.server = subprocess.Popen(["/usr/bin/python3", HERE / "faulty-fs", self.behind, self.root, self.control],
                                       stderr=subprocess.DEVNULL)
        until(lambda: os.path.ismount(self.root))

    def do(self, *fates: str) -> None:
        """Each `CALL PATH FATE`: an error's name, `lie` or `hang`."""
        new = self.control.with_suffix(".new")
        new.write_text("\n".join(fates))
        new.rename(self.control)


def until(holds, seconds: float = 30) -> None:
    """Waits for something that has to come."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError("what was waited for never came")
        time.sleep(0.01)
