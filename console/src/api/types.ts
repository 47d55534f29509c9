/** Shapes of the hub's answers that the console uses. */
import type { RepoKind } from '@/lib/urls';

export interface OrgMembership {
  name: string;
  fullname: string;
  role: Role;
}
export type Role = 'read' | 'contributor' | 'write' | 'admin';

export interface SessionUser {
  name: string;
  fullname: string;
  email: string | null;
  isAdmin: boolean;
  orgs: OrgMembership[];
}
export interface Provider {
  id: string;
  name: string;
  startUrl: string;
}
export interface Session {
  user: SessionUser | null;
  csrf: string;
  providers: Provider[];
  registrationOpen: boolean;
  setupNeeded: boolean;
  hub: { version: string; endpoint: string };
}

export interface SessionEntry {
  id: string;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  address: string;
  userAgent: string;
  current: boolean;
}

export type KeyScope = 'read' | 'write' | 'admin';
export interface Key {
  id: string;
  name: string;
  scope: KeyScope;
  prefix: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
}
export interface NewKey extends Key {
  key: string;
}

export interface Invitation {
  email: string | null;
  org: string | null;
  role: Role | null;
  invitedBy: string | null;
  expiresAt: string;
}

export interface Stats {
  models: number;
  datasets: number;
  spaces: number;
  bytes: number;
  storedBytes: number;
  dedupSaved: number;
  pinnedBytes: number;
  hosts: number | null;
  uploadsToday: number;
  downloadsToday: number;
}

export interface LfsFacts {
  sha256: string;
  size: number;
  pointerSize: number;
}
export interface Sibling {
  rfilename: string;
  size?: number;
  blobId?: string;
  lfs?: LfsFacts;
}
export type CardData = Record<string, unknown>;

export interface RepoInfo {
  _id: string;
  id: string;
  author: string;
  sha?: string;
  private: boolean;
  gated: false | 'auto' | 'manual';
  disabled: boolean;
  likes: number;
  downloads?: number;
  downloadsAllTime?: number;
  createdAt: string;
  lastModified: string;
  tags: string[];
  library_name?: string;
  pipeline_tag?: string;
  sdk?: string;
  cardData?: CardData;
  siblings?: Sibling[];
  usedStorage?: number;
}

export interface CommitSummary {
  id: string;
  title: string;
  date: string;
}
export interface TreeEntry {
  type: 'file' | 'directory';
  path: string;
  oid: string;
  size: number;
  lfs?: { oid: string; size: number; pointerSize: number };
  xetHash?: string;
  lastCommit?: CommitSummary;
}
export interface Commit {
  id: string;
  title: string;
  message: string;
  date: string;
  authors: { user: string }[];
}
export interface Ref {
  name: string;
  ref: string;
  targetCommit: string;
}
export interface Refs {
  branches: Ref[];
  tags: Ref[];
  converts: Ref[];
}

export interface ChangedFile {
  path: string;
  status: 'added' | 'modified' | 'deleted';
  oldSize: number | null;
  newSize: number | null;
  lfs: boolean;
  chunks: { total: number; new: number; newBytes: number } | null;
  diff: string | null;
  binary: boolean;
}
export interface Changes {
  commit: Commit;
  parent: string | null;
  files: ChangedFile[];
  truncated: boolean;
}

export interface TagEntry {
  id: string;
  label: string;
  type: string;
  count?: number;
}
export type TagsByType = Record<string, TagEntry[]>;

export interface StorageSummary {
  files: number;
  bytes: number;
  storedBytes: number;
  dedupSaved: number;
  pinned: number;
  local: number;
  sharedBytes: number;
}
export interface RepoUsage {
  days: { date: string; downloads: number; bytesOut: number; bytesIn: number }[];
}
export interface DeletionPreview {
  files: number;
  bytes: number;
  frees: number;
}

export interface UserOverview {
  user: string;
  fullname: string;
  type: 'user';
  createdAt: string;
  numModels: number;
  numDatasets: number;
  numSpaces: number;
  orgs: { name: string; fullname: string; roleInOrg: Role }[];
}
export interface OrgOverview {
  name: string;
  fullname: string;
  type: 'org';
  numUsers: number;
  numModels: number;
  numDatasets: number;
  numSpaces: number;
}
export interface OrgMember {
  user: string;
  fullname: string;
  type: 'user';
  role: Role;
}

export interface RepoSummary extends RepoInfo {
  kind: RepoKind;
}
