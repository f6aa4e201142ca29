// Gives a module of headers alone something to archive.
