interface SettingDifferencesProps {
  settings: readonly { path: string; left: string[]; right: string[] }[];
  /** What the two sides are called. */
  left: string;
  right: string;
}

/** The settings that are not the same on both sides, behind their number. */
export function SettingDifferences({ settings, left, right }: SettingDifferencesProps) {
  const count = settings.length === 1 ? '1 setting' : `${settings.length} settings`;
  return (
    <details>
      <summary className="cursor-pointer">{count}</summary>
      <table className="mt-1.5 text-xs">
        <thead>
          <tr className="text-muted">
            {['Setting', left, right].map((header, index) => (
              <th key={index} scope="col" className="py-1 pr-4 font-medium">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {settings.map((setting) => (
            <tr key={setting.path}>
              <th scope="row" className="py-0.5 pr-4 font-normal">
                <code>{setting.path}</code>
              </th>
              {[setting.left, setting.right].map((values, index) => (
                <td key={index} className="py-0.5 pr-4 font-mono break-all">
                  {values.length === 0 ? 'not set' : values.join(' | ')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
