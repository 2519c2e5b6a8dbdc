"""Charts as SVG from the server: geometry counted here, drawn by macros, coloured by classes alone."""
