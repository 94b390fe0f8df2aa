"""What people and programs come in with, and the links they carry away: tokens and signatures."""
