"""What pages of media mixes show: figures in words, pictures, and what they open to."""
