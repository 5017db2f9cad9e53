#include <stdio.h>
#include <stdlib.h>

/* The number of pieces in all boxes. */
static int total(const int *boxes, int count)
{
    int sum = 0;
    for (int i = 0; i <= count; i++) {
        sum += boxes[i];
    }
    return sum;
}

int main(void)
{
    int count = 4;
    int *boxes = malloc(count * sizeof *boxes);
    for (int i = 0; i < count; i++) {
        boxes[i] = 10 * (i + 1);
    }
    printf("%d pieces\n", total(boxes, count));
    free(boxes);
    return 0;
}
