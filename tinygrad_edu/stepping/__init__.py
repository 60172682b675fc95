"""Both passes one event after the other: as data, as frames, and as a page to step through."""
