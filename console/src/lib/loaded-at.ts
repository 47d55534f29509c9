/** The address this document was loaded from: it stays what it was while the pages change (main.tsx asks first). */
export const loadedAt = new URL(location.href);
