import { useQuery } from '@tanstack/react-query';
import { ChevronDown, GitBranch, GitCommitHorizontal, Tag } from 'lucide-react';
import { refsQuery } from '@/api/repos';
import { Button, Menu, MenuLabel, MenuLink } from '@/ui';
import { useRepo } from './context';

const isCommit = (revision: string) => /^[0-9a-f]{40}$/.test(revision);

/** Which branch or tag is shown, and the way to another one. */
export function BranchMenu({ revision, to }: { revision: string; to: (revision: string) => string }) {
  const repo = useRepo();
  const { data } = useQuery(refsQuery(repo));
  const tag = data?.tags.some((one) => one.name === revision) ?? false;
  const Icon = isCommit(revision) ? GitCommitHorizontal : tag ? Tag : GitBranch;
  return (
    <Menu
      align="start"
      trigger={
        <Button aria-label={`Revision ${revision}; choose another`}>
          <Icon />{' '}
          <span className="truncate branch-name">{isCommit(revision) ? revision.slice(0, 8) : revision}</span>
          <ChevronDown />
        </Button>
      }
    >
      <MenuLabel>Branches</MenuLabel>
      {(data?.branches ?? []).map((branch) => (
        <MenuLink key={branch.name} to={to(branch.name)}>
          <GitBranch /> <span className="truncate">{branch.name}</span>
        </MenuLink>
      ))}
      {data && data.tags.length > 0 ? <MenuLabel>Tags</MenuLabel> : null}
      {(data?.tags ?? []).map((one) => (
        <MenuLink key={one.name} to={to(one.name)}>
          <Tag /> <span className="truncate">{one.name}</span>
        </MenuLink>
      ))}
    </Menu>
  );
}
