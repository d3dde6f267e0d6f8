const script = `(function(){try{var t=localStorage.getItem('theme');var d=t==='dark'||(t!=='light'&&matchMedia('(prefers-color-scheme: dark)').matches);document.documentElement.classList.toggle('dark',d)}catch(e){}})()`;

/** Sets the theme before the first paint, so that nothing flashes. Children of a script element are text, never markup. */
export function ThemeScript({ nonce }: { nonce?: string }) {
  return (
    <script {...(nonce === undefined ? {} : { nonce })} suppressHydrationWarning>
      {script}
    </script>
  );
}
