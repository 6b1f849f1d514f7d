"""What an identity's video shows of the person: measured before an avatar is trained."""
