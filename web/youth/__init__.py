"""The youth's pages: find a bed, may I, book it, show the pass, see what is left."""
