"""The staff console at /console: rooms in a frame, served as pages, kept up to date over one socket.

A room is a folder here: `room.py` (its routes, a function ``frame -> Room``), `texts.yml`, its `*.html`, and
`static/` for scripts and styles of its own. `rooms.py` names all rooms; `frame/` is what they share; `live/` keeps what
is shown current; `app.py` builds the whole. Every page is a page at its URL; htmx asks the same URL and takes `#main`.
"""
