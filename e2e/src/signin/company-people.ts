/** Who has an account at the company's provider of single sign-on, by the name that they log in with there. */
export const companyPeople = {
  /** Flow has never heard of her. */
  grace: { email: 'grace@company.test', isVerified: true, name: 'Grace Hopper' },
  /** Nor of him. */
  linus: { email: 'linus@company.test', isVerified: true, name: 'Linus' },
  /** Says that his address is that of a person of the demo who logs in with a password. */
  mallory: { email: 'adam@flow.demo', isVerified: true, name: 'Mallory' },
  /** Has not shown that the address is hers. */
  vera: { email: 'vera@company.test', isVerified: false, name: 'Vera' },
} as const;

export type CompanyPerson = keyof typeof companyPeople;
