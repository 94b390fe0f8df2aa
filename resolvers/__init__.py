"""One async function per question or act; no GraphQL, no MongoDB, no HTTP."""
