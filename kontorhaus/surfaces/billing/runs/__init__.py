"""Many documents at once over HTTP, as a job."""
