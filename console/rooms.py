"""The rooms of the console, in no order: each is built with the frame. A new room is one line here."""

from collections.abc import Callable

from console.audit.room import audit_room
from console.frame.frame import Frame
from console.frame.room import Room
from console.inbox.room import inbox_room
from console.me.room import me_room
from console.staff.room import staff_room

ROOMS: tuple[Callable[[Frame], Room], ...] = (inbox_room, me_room, staff_room, audit_room)
