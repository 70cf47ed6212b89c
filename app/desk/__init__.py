"""What joins the rooms: the home page of each role, the case at a glance, its timeline."""
