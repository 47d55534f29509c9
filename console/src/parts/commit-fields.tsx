import { useState } from 'react';
import { TextArea, TextField } from '@/ui';

/** What a commit says. Where nobody types a title it is the usual one. Render `CommitFields` with what it gives. */
export function useCommitMessage(usual: string) {
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  return {
    message: { title: title.trim() || usual, description: description.trim() },
    fields: { usual, title, setTitle, description, setDescription },
  };
}

export type CommitMessage = ReturnType<typeof useCommitMessage>['message'];

export function CommitFields({
  usual,
  title,
  setTitle,
  description,
  setDescription,
}: ReturnType<typeof useCommitMessage>['fields']) {
  return (
    <>
      <TextField
        label="Commit message"
        placeholder={usual}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <TextArea
        label="Description (optional)"
        rows={2}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
    </>
  );
}
