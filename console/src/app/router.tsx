import { createBrowserRouter, type LazyRouteFunction, type RouteObject } from 'react-router';
import { Crash } from '@/pages/crash';
import { NotFound } from '@/pages/not-found';
import { plurals, type RepoKind } from '@/lib/urls';
import { PageLoading, Shell } from './shell';

type Lazy = LazyRouteFunction<RouteObject>;

/** Below a repository. Modules export `Component`; it finds its repository with useRepo(). */
const repoPages: RouteObject[] = [
  { index: true, lazy: () => import('@/pages/repo/card') },
  { path: 'tree/:revision/*', lazy: () => import('@/pages/repo/files') },
  { path: 'blob/:revision/*', lazy: () => import('@/pages/repo/file') },
  { path: 'edit/:revision/*', lazy: () => import('@/pages/edit') },
  { path: 'upload/:revision/*', lazy: () => import('@/pages/upload') },
  { path: 'commits/:revision/*', lazy: () => import('@/pages/repo/commits') },
  { path: 'commit/:id', lazy: () => import('@/pages/repo/commit') },
  { path: 'storage', lazy: () => import('@/pages/storage/repo') },
  { path: 'settings', lazy: () => import('@/pages/repo/settings') },
  { path: '*', element: <NotFound /> },
];

const repoRoutes = (kind: RepoKind): RouteObject => ({
  path: kind === 'model' ? ':ns/:name' : `${plurals[kind]}/:ns/:name`,
  handle: kind,
  lazy: () => import('@/pages/repo/layout'),
  children: repoPages,
});

const page = (path: string, lazy: Lazy): RouteObject => ({ path, lazy });

export const routes: RouteObject[] = [
  {
    element: <Shell />,
    errorElement: <Crash />,
    hydrateFallbackElement: <PageLoading />,
    children: [
      {
        errorElement: <Crash />,
        children: [
          { index: true, lazy: () => import('@/pages/home') },
          page('login', () => import('@/pages/account/login')),
          page('setup', () => import('@/pages/account/setup')),
          page('register', () => import('@/pages/account/register')),
          page('reset', () => import('@/pages/account/reset')),
          page('device', () => import('@/pages/account/device')),
          page('models', () => import('@/pages/catalogue')),
          page('datasets', () => import('@/pages/catalogue')),
          page('spaces', () => import('@/pages/catalogue')),
          page('new', () => import('@/pages/new')),
          page('new-dataset', () => import('@/pages/new')),
          page('new-space', () => import('@/pages/new')),
          page('settings', () => import('@/pages/settings')),
          // Not settings/*: a repository's address would come before it.
          page('settings/:part', () => import('@/pages/settings')),
          page('settings/:part/:org', () => import('@/pages/settings')),
          page('keys', () => import('@/pages/keys-moved')),
          page('usage', () => import('@/pages/usage')),
          page('storage', () => import('@/pages/storage')),
          page('providers', () => import('@/pages/providers')),
          page('status', () => import('@/pages/status')),
          page('admin', () => import('@/pages/admin')),
          // Not admin/*: a repository's address would come before it.
          page('admin/:part', () => import('@/pages/admin')),
          repoRoutes('dataset'),
          repoRoutes('space'),
          repoRoutes('model'),
          page(':ns', () => import('@/pages/profile')),
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
];

export const createRouter = () => createBrowserRouter(routes);
