"""The verbs of a bond's life. Each checks who acts, moves the status, leaves a step, and then the money."""
