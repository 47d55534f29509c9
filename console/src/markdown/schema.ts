import { defaultSchema, type Options as Schema } from 'rehype-sanitize';

/**
 * What a card may hold. It starts from the list that GitHub allows in a README; every id gets a prefix, so that a
 * heading called "main" cannot pass for a part of the page.
 */
export const idPrefix = 'user-content-';

export const schema: Schema = {
  ...defaultSchema,
  clobberPrefix: idPrefix,
  tagNames: [
    ...(defaultSchema.tagNames ?? []),
    'video',
    'audio',
    'figure',
    'figcaption',
    'mark',
    'abbr',
    'center',
    'u',
  ],
  attributes: {
    ...defaultSchema.attributes,
    // Which language a code block is in, and which code is mathematics.
    code: [['className', /^language-[\w+#.-]+$/, 'math-inline', 'math-display']],
    video: ['src', 'controls', 'poster', 'width', 'height', 'muted', 'loop', 'playsInline'],
    audio: ['src', 'controls'],
    abbr: ['title'],
  },
  protocols: {
    ...defaultSchema.protocols,
    href: ['http', 'https', 'mailto', 'hf'],
    src: ['http', 'https'],
    poster: ['http', 'https'],
  },
};

/** As above, for text that has pictures pasted into it: it names them attachment:…, never by their data. */
export const schemaWithPasted: Schema = {
  ...schema,
  protocols: { ...schema.protocols, src: ['http', 'https', 'attachment'] },
};
