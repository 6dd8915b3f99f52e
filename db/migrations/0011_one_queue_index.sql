-- The pages read the queue along an index of their own (0050).
DROP INDEX conversation_queue;
