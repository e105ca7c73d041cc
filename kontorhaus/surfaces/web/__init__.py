"""The web pages: server-rendered, keyboard first, German and English."""
