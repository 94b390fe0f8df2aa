// Follows as the guide says: each event that was handled is a line; the cursor is kept in memory.
const [, , folder, url, token, begin] = process.argv;
const { follow } = await import(`${folder}/follow.js`);

let cursor = begin;
const kept = { read: async () => cursor, write: async (value) => void (cursor = value) };
console.warn = () => {};
console.log('ready');
await follow(url, async () => token, kept, async ({ id }) => console.log(id));
