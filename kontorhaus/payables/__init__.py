"""What is paid to vendors: payment runs and SEPA files."""
