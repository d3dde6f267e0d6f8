import { PrismaPg } from '@prisma/adapter-pg';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/**
 * Prisma over pg whose statements in one transaction wait for each other. Prisma reads the relations of a row side by side also where there is only
 * the one connection of a transaction (prisma/orm#29468); pg warns of it in every log, and will refuse it.
 */
export class OrderedPrismaPg extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolation) => oneAtATime(await start(isolation));
    return adapter;
  }
}

function oneAtATime(transaction: Transaction): Transaction {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Given extends unknown[], Answer>(ask: (...given: Given) => Promise<Answer>) => {
    return (...given: Given): Promise<Answer> => {
      const answer = last.then(() => ask(...given));
      last = answer.catch(() => undefined);
      return answer;
    };
  };
  return Object.assign(transaction, {
    queryRaw: inTurn(transaction.queryRaw.bind(transaction)),
    executeRaw: inTurn(transaction.executeRaw.bind(transaction)),
    commit: inTurn(transaction.commit.bind(transaction)),
    rollback: inTurn(transaction.rollback.bind(transaction)),
  });
}
