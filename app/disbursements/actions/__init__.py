"""The verbs of a disbursement's life. Each checks who acts, moves the status, leaves a step, and then the money."""
