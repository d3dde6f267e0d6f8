'use client';

import { IconButton } from '@flow/ui/button';
import { ConnectionIndicator } from '@flow/ui/connection';
import { EmptyState, Skeleton } from '@flow/ui/feedback';
import { toneGround } from '@flow/ui/status';
import { ThemeToggle } from '@flow/ui/theme';
import { ChevronsUpDown, Search } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useLiveState } from '../../api-client/live.tsx';
import { KeyHelp, useNavigationKeys } from './keys.tsx';
import { places, useMyPlaces } from './navigation.ts';
import type { Place } from './navigation.ts';
import { TenantProvider, useFindTenant } from './tenant.tsx';
import { UserMenu } from './user-menu.tsx';
import { useWaitingCount } from './waiting-count.ts';

// Opened by a key or a click: what it is made of is loaded then.
const Palette = dynamic(() => import('./palette.tsx').then((module) => module.Palette));

/** The frame of every page of a tenant: menu, palette, keys, and whether changes arrive. */
export function Shell({ slug, children }: { slug: string; children: ReactNode }) {
  const tenant = useFindTenant(slug);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  useNavigationKeys(`/t/${slug}`, { onPalette: () => setPaletteOpen(true), onHelp: () => setHelpOpen(true) });
  const waitingCount = useWaitingCount(slug);
  const live = useLiveState();
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13rem_1fr]">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:bg-surface focus:p-2">
        Skip to the content
      </a>
      <aside className="sticky top-0 hidden h-dvh overflow-y-auto border-r border-line bg-surface md:flex md:flex-col md:gap-3 md:p-3">
        <Link href={`/t/${slug}`} className="px-2 pt-1 text-base font-semibold tracking-tight">
          Flow
        </Link>
        <Menu slug={slug} waitingCount={waitingCount} />
      </aside>
      <div className="flex min-w-0 flex-col">
        <header className="bg-surface sticky top-0 z-10 flex items-center gap-3 border-b border-line px-4 py-2">
          <Link
            href="/"
            className="flex min-w-0 items-center gap-1.5 rounded-md px-1 py-1 font-medium hover:bg-raised"
            title="Change the tenant"
          >
            <span className="truncate">{tenant?.name ?? ' '}</span>
            <ChevronsUpDown size={14} aria-hidden className="text-muted shrink-0" />
          </Link>
          <button
            type="button"
            onClick={() => setPaletteOpen(true)}
            className="ml-auto hidden items-center gap-2 rounded-md border border-line px-2 py-1 text-muted hover:bg-raised sm:flex"
          >
            Search or jump to… <kbd className="text-xs">⌘K</kbd>
          </button>
          <IconButton label="Search or jump to" onClick={() => setPaletteOpen(true)} className="ml-auto sm:hidden">
            <Search size={18} aria-hidden />
          </IconButton>
          {tenant !== null && <ConnectionIndicator state={live} />}
          <ThemeToggle />
          <UserMenu slug={slug} onHelp={() => setHelpOpen(true)} />
        </header>
        <main id="main" className="mx-auto w-full max-w-[90rem] min-w-0 flex-1 p-4 pb-20 md:p-6">
          {tenant === undefined && <Skeleton lines={6} />}
          {tenant === null && (
            <EmptyState
              title="There is no such tenant here"
              action={
                <Link href="/" className="text-accent underline">
                  Choose a tenant
                </Link>
              }
            >
              The link may be old, or you are not a member of this tenant. An admin of it can add you.
            </EmptyState>
          )}
          {tenant != null && (
            <TenantProvider tenant={tenant}>
              <div className="flex min-w-0 flex-col gap-5">{children}</div>
            </TenantProvider>
          )}
        </main>
        <MobileBar slug={slug} waitingCount={waitingCount} />
      </div>
      {isPaletteOpen ? <Palette slug={slug} open onOpenChange={setPaletteOpen} onHelp={() => setHelpOpen(true)} /> : null}
      <KeyHelp open={isHelpOpen} onOpenChange={setHelpOpen} />
    </div>
  );
}

interface MenuProps {
  slug: string;
  /** Requests that wait for this person. */
  waitingCount: number;
}

function Menu({ slug, waitingCount }: MenuProps) {
  const mine = useMyPlaces(slug);
  const groups = [
    { name: 'Delivery', places: mine.filter((place) => place.isAdmin !== true) },
    { name: 'Tenant', places: mine.filter((place) => place.isAdmin === true) },
  ];
  return (
    <nav aria-label="Main" className="flex flex-col gap-4">
      {groups.map((group) => (
        <ul key={group.name} aria-label={group.name} className="flex flex-col gap-0.5">
          {group.places.map((place) => (
            <li key={place.path}>
              <MenuLink slug={slug} place={place} waitingCount={waitingCount} />
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

function MenuLink({ slug, place, waitingCount }: MenuProps & { place: Place }) {
  const path = usePathname();
  const base = `/t/${slug}`;
  const href = `${base}${place.path}`;
  const isHere = place.path === '' ? path === base : path.startsWith(href);
  const Icon = place.icon;
  return (
    <Link
      href={href}
      aria-current={isHere ? 'page' : undefined}
      title={`${place.label}: g ${place.key}`}
      className={`flex items-center gap-2 rounded-md px-2 py-1.5 ${isHere ? 'bg-raised font-medium' : 'text-muted hover:bg-raised hover:text-text'}`}
    >
      <Icon size={16} aria-hidden />
      {place.label}
      {place.path === '/approvals' && <Waiting count={waitingCount} className="ml-auto" />}
    </Link>
  );
}

function MobileBar({ slug, waitingCount }: MenuProps) {
  const path = usePathname();
  return (
    <nav aria-label="Main, short" className="fixed inset-x-0 bottom-0 z-10 flex justify-around border-t border-line bg-surface md:hidden">
      {places
        .filter((place) => ['h', 's', 'r', 'd', 'a'].includes(place.key))
        .map((place) => {
          const href = `/t/${slug}${place.path}`;
          const Icon = place.icon;
          const isHere = place.path === '' ? path === href : path.startsWith(href);
          return (
            <Link
              key={place.path}
              href={href}
              aria-current={isHere ? 'page' : undefined}
              className={`relative flex min-w-14 flex-col items-center gap-0.5 p-2 text-xs ${isHere ? 'text-accent' : 'text-muted'}`}
            >
              <Icon size={18} aria-hidden />
              {place.label}
              {place.path === '/approvals' && <Waiting count={waitingCount} className="absolute -top-0.5 right-1" />}
            </Link>
          );
        })}
    </nav>
  );
}

function Waiting({ count, className }: { count: number; className: string }) {
  if (count === 0) return null;
  return (
    <span className={`rounded-full border px-1.5 text-xs tabular-nums ${toneGround.waiting} ${className}`}>
      {count}
      <span className="sr-only"> wait for you</span>
    </span>
  );
}
