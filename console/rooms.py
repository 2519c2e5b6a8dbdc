"""The rooms of the console, in no order: each is built with the frame. A new room is one line here."""

from collections.abc import Callable

from console.frame.frame import Frame
from console.frame.room import Room
from console.inbox.room import inbox_room
from console.me.room import me_room

ROOMS: tuple[Callable[[Frame], Room], ...] = (inbox_room, me_room)
