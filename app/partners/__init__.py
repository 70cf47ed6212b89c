"""Partner organizations: who takes the applications and the cases."""
