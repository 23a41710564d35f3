"""The fault programme: `make faults`."""
