"""The clock of the house: declared steps, dated limits, deadlines, checklists, tick()."""
