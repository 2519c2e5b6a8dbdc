"""Become a command that ends when its parent ends, and that is not root if it must not be.

    python leash.py SIGNAL FOLDERS COMMAND ...

SIGNAL is the number sent to the command when the parent has gone, however it went; only Linux can. FOLDERS (separated
by `:`, or empty) are given to the command, which then runs without root's rights, as PostgreSQL demands. This file is
run by its path, so it imports nothing of ours.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000


def main(arguments: list[str]) -> None:
    number, folders, *command = arguments
    parent = os.getppid()
    if folders and os.geteuid() == 0:
        _stop_being_root(folders.split(os.pathsep))
    if sys.platform == "linux":
        # After the change of user, which clears it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
    os.execvp(command[0], command)


def _stop_being_root(folders: list[str]) -> None:
    """A user namespace needs no second account and opens no folder; where it is forbidden, `nobody` serves."""
    if _may_leave_by_namespace():
        _own(folders, 0)
        ctypes.CDLL(None).unshare(CLONE_NEWUSER)
        return
    account = pwd.getpwnam("nobody")
    _own(folders, account.pw_uid)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def _may_leave_by_namespace() -> bool:
    """Asked in a child, because there is no way back and the folders have to change hands first."""
    if sys.platform != "linux":
        return False
    child = os.fork()
    if child == 0:
        os._exit(0 if ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0 else 1)
    return os.waitpid(child, 0)[1] == 0


def _own(folders: list[str], user: int) -> None:
    """Give the folders and all in them to `user`, each folder after its content, unless an earlier run did."""
    for folder in folders:
        if os.stat(folder).st_uid == user:
            continue
        for path, _, files in os.walk(folder, topdown=False):
            for name in [*files, ""]:
                os.chown(os.path.join(path, name), user, -1, follow_symlinks=False)


if __name__ == "__main__":
    main(sys.argv[1:])
