"""What the web promises to carriers, officers and phones, told through real HTTP."""
