"""What the commands of the command line do: inputs (`values`, `program`), graphs (`graphs`), and the `doctor`."""
