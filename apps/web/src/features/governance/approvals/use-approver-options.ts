import { role } from '@flow/core/rights';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { roleName } from '../../roles/words.ts';
import { useTenant } from '../../shell/tenant.tsx';

/** Who can be named besides single people: code owners, roles, and the groups of the tenant. */
export function useApproverOptions(isForAll: boolean): { value: string; label: string }[] {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const groups = useQuery(api.group.list.queryOptions({ tenant }));
  const roles = role.options.map((one) => ({ value: `role:${one}`, label: `Every ${roleName[one]}` }));
  const ofTenant = isForAll ? [] : (groups.data ?? []).map(({ id, name }) => ({ value: `group:${id}`, label: name }));
  return [{ value: 'codeOwners', label: 'Code owners' }, ...roles, ...ofTenant];
}
