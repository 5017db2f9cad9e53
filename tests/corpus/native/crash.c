/* Crashes in the way that its first argument names; the line that is to blame carries a mark. */
#include <assert.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct basket { char *owner; struct basket *next; int count; };

static int owner_length(struct basket *basket)
{
    return (int)strlen(basket->next->owner); /* crash: null */
}

static int sum(int *prices, int n)
{
    int total = 0;
    for (int i = 0; i <= n; i++)
        total += prices[i]; /* crash: heap-overflow */
    return total;
}

static int stack_sum(int n)
{
    int prices[4] = {1, 2, 3, 4};
    return prices[n]; /* crash: stack-overflow */
}

static int after_free(struct basket *basket)
{
    free(basket);
    return basket->count; /* crash: use-after-free */
}

static void free_twice(char *name)
{
    free(name);
    free(name); /* crash: double-free */
}

static char *leak(const char *name)
{
    char *copy = malloc(strlen(name) + 1); /* crash: leak */
    strcpy(copy, name);
    return copy + 1;
}

static int add(int a, int b)
{
    return a + b; /* crash: integer-overflow */
}

static int share(int total, int people)
{
    return total / people; /* crash: divide */
}

static void check(int n)
{
    assert(n > 100); /* crash: assertion */
}

static int uninitialised(int n)
{
    int *cell = malloc(sizeof *cell);
    if (*cell > n) /* crash: uninitialised */
        puts("large");
    free(cell);
    return n;
}

static void smash(const char *text)
{
    char small[8];
    strcpy(small, text);
    puts(small);
} /* crash: smash */

static int deep(int n)
{ /* crash: recursion */
    volatile char page[4096];
    page[0] = (char)n;
    return deep(n + 1) + page[0];
}

static int counter;

static void *count(void *unused)
{
    (void)unused;
    for (int i = 0; i < 1000; i++)
        counter++; /* crash: race */
    return NULL;
}

static void race(void)
{
    pthread_t one, two;
    pthread_create(&one, NULL, count, NULL);
    pthread_create(&two, NULL, count, NULL);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    printf("%d\n", counter);
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    struct basket basket = {"ann", NULL, 3};
    if (!strcmp(way, "null")) return owner_length(&basket);
    if (!strcmp(way, "heap-overflow")) return sum(calloc(3, sizeof(int)), 3);
    if (!strcmp(way, "stack-overflow")) return stack_sum(argc + 4);
    if (!strcmp(way, "use-after-free")) return after_free(calloc(1, sizeof basket));
    if (!strcmp(way, "double-free")) free_twice(strdup("pear"));
    if (!strcmp(way, "leak")) return leak("pear") == NULL;
    if (!strcmp(way, "integer-overflow")) return add(INT_MAX, argc);
    if (!strcmp(way, "divide")) return share(15, argc - 2);
    if (!strcmp(way, "assertion")) check(argc);
    if (!strcmp(way, "uninitialised")) return uninitialised(argc);
    if (!strcmp(way, "smash")) smash("a name that is much too long");
    if (!strcmp(way, "recursion")) return deep(argc);
    if (!strcmp(way, "race")) race();
    return 0;
}
