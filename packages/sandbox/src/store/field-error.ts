/** Why one field of an object is refused, with the path as Kubernetes writes it (`spec.template.spec.containers[0].image`). */
export interface FieldError {
  field: string;
  message: string;
  /** As in `metav1.CauseType`; `FieldValueInvalid` when absent. */
  reason?: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueNotSupported' | 'FieldValueForbidden' | 'FieldManagerConflict';
}
