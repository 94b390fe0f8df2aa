"""The only place that knows MongoDB: client, indexes, repositories, cursors, announcements."""
