// Crashes in the way that its first argument names; the line that is to blame carries a mark.
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace shop {

struct Basket {
    std::vector<int> prices{1, 2, 3};
    std::map<std::string, int> stock;

    int price(std::size_t index) const { return prices.at(index); } // crash: out-of-range
    int left(const std::string &name) const { return stock.at(name); } // crash: missing-key
};

int number(const std::string &text) { return std::stoi(text); } // crash: number

int present(std::optional<int> value) { return value.value(); } // crash: optional

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const { return 1; }
};

double area(const Shape *shape) { return shape->area(); } // crash: null-object

[[noreturn]] void refuse() { throw std::runtime_error("no pears today"); } // crash: exception

void abandon()
{
    std::thread worker([] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
} // crash: thread

} // namespace shop

int main(int argc, char **argv)
{
    const std::string way = argc > 1 ? argv[1] : "";
    shop::Basket basket;
    if (way == "out-of-range") return basket.price(7);
    if (way == "missing-key") return basket.left("pear");
    if (way == "number") return shop::number("eighty");
    if (way == "optional") return shop::present(std::nullopt);
    if (way == "null-object") return static_cast<int>(shop::area(nullptr));
    if (way == "exception") shop::refuse();
    if (way == "thread") shop::abandon();
    return 0;
}
