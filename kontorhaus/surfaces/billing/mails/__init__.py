"""Documents sent by e-mail over HTTP."""
