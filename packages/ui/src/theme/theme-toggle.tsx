'use client';

import { Moon, Sun } from 'lucide-react';
import { IconButton } from '../button/index.ts';

/** Switches between light and dark, and remembers it. */
export function ThemeToggle() {
  const toggle = (): void => {
    const isDark = document.documentElement.classList.toggle('dark');
    localStorage.setItem('theme', isDark ? 'dark' : 'light');
  };
  return (
    <IconButton label="Switch between light and dark" onClick={toggle}>
      <Sun size={16} aria-hidden className="hidden dark:block" />
      <Moon size={16} aria-hidden className="dark:hidden" />
    </IconButton>
  );
}
