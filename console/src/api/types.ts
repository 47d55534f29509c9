/**
 * Shapes of the hub's answers, from the API document (npm run types writes schema.d.ts). The names below are the ones
 * that pages use.
 */
import type { components } from './schema';

type Schemas = components['schemas'];
type With<T, Names extends keyof T> = T & { [Name in Names]-?: NonNullable<T[Name]> };

export type Role = Schemas['OrgRole'];
export type SessionUser = Schemas['SessionUser'];
export type Session = Schemas['Session'];
export type SessionEntry = Schemas['SessionEntry'];
export type Identities = Schemas['Identities'];
export type KeyScope = Schemas['KeyScope'];
export type Key = Schemas['Key'];
export type NewKey = Schemas['IssuedKey'];
export type Invitation = Schemas['Invitation'];
export type DeviceRequest = Schemas['DeviceRequest'];

export type Stats = Schemas['Stats'];
export type CardData = Record<string, unknown>;
/** Unless the caller asks for some fields only, these are there. */
export type RepoInfo = With<
  Schemas['RepoInfo'],
  'author' | 'private' | 'likes' | 'createdAt' | 'lastModified' | 'tags'
> & { defaultBranch?: string; usedStorage?: number };
export type Sibling = NonNullable<RepoInfo['siblings']>[number];
export type TreeEntry = Schemas['TreeEntry'];
export type Commit = Schemas['Commit'];
export type Refs = Schemas['Refs'];
export type ChangedFile = Schemas['ChangedFile'];
export type Changes = Schemas['Changes'];
export type TagEntry = Schemas['Tag'];
export type TagsByType = Schemas['TagsByType'];
export type RepoStorage = Schemas['RepoStorage'];
export type FileStorage = Schemas['FileStorage'];
export type RepoUsage = Schemas['RepoUsage'];
export type DeletionPreview = Schemas['DeletionPreview'];

export type UserOverview = Schemas['UserOverview'];
export type OrgOverview = Schemas['OrganizationOverview'];
export type OrgMember = Schemas['Member'];
