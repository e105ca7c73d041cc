"""From one document to the next: estimate, order confirmation, delivery note, invoice."""
