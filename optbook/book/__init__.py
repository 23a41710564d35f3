"""What only this book needs: its listings, exercises, figures and stored benchmarks."""
